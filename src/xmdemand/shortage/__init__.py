"""Demand, supply, intent -> indicators -> index -> ranks with uncertainty -> tiers."""
