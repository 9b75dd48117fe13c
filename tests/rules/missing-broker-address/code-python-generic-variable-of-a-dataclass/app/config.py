import os
from dataclasses import dataclass, field
@dataclass
class Config:
    bus: str = field(default_factory=lambda: os.environ.get("BUS", "localhost:9092"))
