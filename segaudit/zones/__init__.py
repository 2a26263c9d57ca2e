"""The zone graph: segments joined across devices, zones with roles and evidence, and what flows between them."""
