from pydantic import Field
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    seeds: str = Field(default="localhost:9092", alias="EVENT_SEEDS")
settings = Settings()
