"""The WSGI application, for gunicorn or any other server: `gunicorn wsgi:app`."""

from search_app.bootstrap import search_service
from search_app.settings import read_settings
from search_app.web import create_app
from search_app.web.operating.operation import Operation

_settings = read_settings()
_operation = Operation(
    origins=_settings.names("cors"),
    rate_limit=_settings["rate_limit"],
    proxies=frozenset(_settings.names("proxies")),
    log=_settings["log"],
    logs_queries=_settings["log_queries"] == "yes",
    shows_metrics=_settings["metrics"] == "all",
    settings=_settings.digest(),
)
app = create_app(search_service(_settings), _settings.hosts(), _settings["lang"], _operation)
