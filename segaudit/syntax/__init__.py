"""Shapes that config text comes in; they know no maker's words, and every node has its lines."""
