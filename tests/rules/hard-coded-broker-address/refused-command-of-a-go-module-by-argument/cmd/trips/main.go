package main

import "example.org/rides/internal/events"

func main() {
	events.Read()
}
