"""Panels of monthly series -> draws of the next year; backtests."""

from xmdemand.market.forecasts import Forecast, forecast
from xmdemand.market.outlook import Outlook, outlook

__all__ = ["Forecast", "Outlook", "forecast", "outlook"]
