"""Gunicorn's log in the format of the other logs."""

from __future__ import annotations

from typing import Any

from gunicorn import glogging

from config.logs import StderrHandler, formatter, is_json


class Logs(glogging.Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's logs; its own access log stays off unless asked for, since ours says more."""

    def setup(self, cfg: Any) -> None:
        """Set up as gunicorn does, then write as ``config.logs`` does."""
        super().setup(cfg)
        for log, where in ((self.error_log, cfg.errorlog), (self.access_log, cfg.accesslog)):
            for handler in [handler for handler in log.handlers if getattr(handler, "_gunicorn", False)]:
                handler.setFormatter(formatter(as_json=is_json()))
                if where == "-":
                    log.removeHandler(handler)
                    ours = StderrHandler()
                    ours.setFormatter(handler.formatter)
                    ours._gunicorn = True  # type: ignore[attr-defined]  # the mark by which it takes it away again
                    log.addHandler(ours)
