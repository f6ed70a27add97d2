import { fileURLToPath } from 'node:url';
import { mavenJars } from '../maven-jars.ts';

export const KAFKA_VERSION = '4.3.1';

/** The folder of Kafka's jars. @throws Error that says what to install */
export const kafkaJars = (): Promise<string> =>
  mavenJars({
    name: `kafka-${KAFKA_VERSION}`,
    pom: fileURLToPath(new URL('pom.xml', import.meta.url)),
    missing:
      'Tests need a Kafka broker: give KAFKA_BROKERS, start Docker, or install a JDK (17 or later) and Maven, for instance with "apt-get install default-jdk-headless maven".',
  });
