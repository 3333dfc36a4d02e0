"""Django's PostgreSQL backend, which starts the embedded server at the first connection."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, client
from django.db.utils import OperationalError

from config.embedded import EmbeddedError
from config.embedded.binaries import package_install
from config.embedded.server import EmbeddedPostgres


class DatabaseClient(client.DatabaseClient):
    """``manage.py dbshell`` with the psql that comes with the server."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Any
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return the command and its environment, as Django wants them."""
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        return [str(package_install() / "bin" / "psql"), *arguments[1:]], environment

    def runshell(self, parameters: Any) -> None:
        """Run psql. Raises OperationalError if the server cannot run."""
        self.connection.get_connection_params()
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server."""

    client_class = DatabaseClient

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        self.server = EmbeddedPostgres.for_project(settings.BASE_DIR)
        settings_dict |= {"HOST": self.server.host, "PORT": self.server.port}
        super().__init__(settings_dict, *args, **kwargs)

    def get_connection_params(self) -> dict[str, Any]:
        """Return what to connect with, after making sure that there is a server.

        Every connection comes by here: a plain one, a pool (when it is made, and each time it lends a
        connection) and the one without a database that makes the tests' database. Raises OperationalError, in
        one line, if the server cannot run.
        """
        try:
            self.server.ensure()
        except EmbeddedError as error:
            raise OperationalError(str(error)) from error
        return super().get_connection_params()
