libraryDependencies += "org.apache.pekko" %% "pekko-connectors-kafka" % "1.1.0"
