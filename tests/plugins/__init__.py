"""A toy format and a toy check, installed as another distribution's: the recipes of CONTRIBUTING.md, followed to the letter."""
