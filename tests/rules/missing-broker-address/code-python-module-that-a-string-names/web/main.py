import uvicorn

uvicorn.run("web.api:app")
