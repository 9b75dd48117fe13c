module example.org/dispatch

require (
	github.com/IBM/sarama v1.43.0
	github.com/kelseyhightower/envconfig v1.4.0
)
