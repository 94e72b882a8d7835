"""The WSGI application, for gunicorn or any other server: `gunicorn wsgi:app`."""

from search_app.bootstrap import search_service
from search_app.settings import read_settings
from search_app.web import create_app

_settings = read_settings()
app = create_app(search_service(_settings), _settings.hosts(), _settings["lang"])
