topic = "scan-topic"
