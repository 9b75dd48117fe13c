module x
require github.com/IBM/sarama v1.43.0
