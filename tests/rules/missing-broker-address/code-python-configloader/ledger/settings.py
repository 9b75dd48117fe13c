from configloader import ConfigLoader

settings = ConfigLoader()
settings.update_from_yaml_file("settings.yml")
settings.update_from_env_namespace("LEDGER")
