from dynaconf import Dynaconf

settings = Dynaconf(envvar_prefix="LEDGER", settings_files=["settings.toml"])
