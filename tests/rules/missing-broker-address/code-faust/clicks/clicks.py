import os

import faust

app = faust.App("clicks", broker=os.getenv("FAUST_BROKER_URL", "kafka://localhost:9092"))
page_views = app.topic("page_views")


@app.agent(page_views)
async def count(views):
    async for view in views:
        print(view)
