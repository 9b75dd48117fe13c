module x
require (
 github.com/segmentio/kafka-go v0.4.47
 github.com/spf13/viper v1.19.0
)
