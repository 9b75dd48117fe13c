from dynaconf import Dynaconf
settings = Dynaconf(envvar_prefix="SHOP", settings_files=["settings.toml"], environments=True)
