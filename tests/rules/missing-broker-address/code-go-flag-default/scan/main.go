package main

import (
	"os"

	"github.com/segmentio/kafka-go"
	"github.com/urfave/cli/v2"
)

func main() {
	app := &cli.App{
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "broker", EnvVars: []string{"SCAN_KAFKA_BROKERS"}, Value: cli.NewStringSlice("localhost:9092")},
		},
		Action: func(c *cli.Context) error {
			return (&kafka.Writer{Addr: kafka.TCP(c.StringSlice("broker")...)}).Close()
		},
	}
	_ = app.Run(os.Args)
}
