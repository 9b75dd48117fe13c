from fastapi import FastAPI

from lib.words import (
    GREETING,
)

app = FastAPI(title=GREETING)
