// Prints the listeners that `rpk redpanda start` gives to Redpanda, as properties: for judge.py. It is built within src/go/rpk of
// redpanda-data/redpanda, as cmd/start/main.go: `CGO_ENABLED=0 go build -o rpk-start ./cmd/start`.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/redpanda-data/redpanda/src/go/rpk/pkg/cli/redpanda"
	"github.com/redpanda-data/redpanda/src/go/rpk/pkg/config"
	rp "github.com/redpanda-data/redpanda/src/go/rpk/pkg/redpanda"
	"github.com/spf13/afero"
	"github.com/spf13/cobra"
)

type printer struct {
	fs afero.Fs
}

func (p printer) Start(_ string, _ *rp.RedpandaArgs) error {
	loaded, err := new(config.Params).Load(p.fs)
	if err != nil {
		return err
	}
	node := loaded.ActualRedpandaYamlOrDefaults().Redpanda
	var bound, advertised, seeds []string
	for _, own := range node.KafkaAPI {
		bound = append(bound, listener(own.Name, own.Address, own.Port))
	}
	for _, own := range node.AdvertisedKafkaAPI {
		advertised = append(advertised, listener(own.Name, own.Address, own.Port))
	}
	for _, own := range node.SeedServers {
		seeds = append(seeds, listener("", own.Host.Address, own.Host.Port))
	}
	fmt.Println("=====configuration")
	for name, list := range map[string][]string{"listeners": bound, "advertised.listeners": advertised, "seed_servers": seeds} {
		if len(list) > 0 {
			fmt.Printf("%s=%s\n", name, strings.Join(list, ","))
		}
	}
	return nil
}

func listener(name, host string, port int) string {
	if name != "" {
		name += "://"
	}
	return fmt.Sprintf("%s%s:%d", name, host, port)
}

func main() {
	fs := afero.NewOsFs()
	root := &cobra.Command{Use: "rpk", SilenceUsage: true}
	node := &cobra.Command{Use: "redpanda"}
	node.AddCommand(redpanda.NewStartCommand(fs, new(config.Params), printer{fs}))
	root.AddCommand(node)
	if root.Execute() != nil {
		os.Exit(1)
	}
}
