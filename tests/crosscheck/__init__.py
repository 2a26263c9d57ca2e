"""Our reading of Cisco files against that of ciscoconfparse 1.9.52, statement by statement."""
