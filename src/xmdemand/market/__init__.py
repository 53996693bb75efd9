"""Panels of monthly series -> draws of the next year; backtests."""

from xmdemand.market.backtests import Backtest, backtest
from xmdemand.market.explain import Explanation, explain_series
from xmdemand.market.forecasts import Forecast, forecast
from xmdemand.market.outlook import Outlook, outlook
from xmdemand.market.panel_info import PanelInfo
from xmdemand.market.reconciliation import Reconciled, reconcile

__all__ = [
    "Backtest",
    "Explanation",
    "Forecast",
    "Outlook",
    "PanelInfo",
    "Reconciled",
    "backtest",
    "explain_series",
    "forecast",
    "outlook",
    "reconcile",
]
