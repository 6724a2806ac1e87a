"""What the log leaves out. The logging of the settings names it."""

import logging
from http import HTTPStatus


class OneLineForRefusals(logging.Filter):
    """Takes the traceback off the record of a request that was answered with a status below 500.

    Django logs one for every 400 and 403; a visitor could fill the log with them.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR) < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = None
        return True
