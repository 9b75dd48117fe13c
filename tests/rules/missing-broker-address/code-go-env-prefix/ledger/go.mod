module example.org/ledger

require (
	github.com/caarlos0/env/v11 v11.2.0
	github.com/twmb/franz-go v1.17.0
)
