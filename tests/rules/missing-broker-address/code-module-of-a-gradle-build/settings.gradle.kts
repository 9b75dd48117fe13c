include("menu", "kitchen")
