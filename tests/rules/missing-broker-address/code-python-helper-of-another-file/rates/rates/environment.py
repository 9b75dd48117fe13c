import os


def setting(name, default):
    return os.environ.get(name, default)
