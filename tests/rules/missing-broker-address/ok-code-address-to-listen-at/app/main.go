package main
import (
	"os"
	"github.com/segmentio/kafka-go"
)
func get(k, d string) string { if v := os.Getenv(k); v != "" { return v }; return d }
func main() {
	addr := get("METRICS_ADDR", "localhost:9092")
	w := &kafka.Writer{Addr: kafka.TCP(load()...)}
	_, _ = w, addr
}
