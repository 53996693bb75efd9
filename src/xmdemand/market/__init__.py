"""Panels of monthly series -> draws of the next year; backtests."""
