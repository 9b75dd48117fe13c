import { ConfigService } from '@nestjs/config';
import { Transport } from '@nestjs/microservices';

export const kafka = (config: ConfigService) => ({
  transport: Transport.KAFKA,
  options: { client: { brokers: config.get<string[]>('kafka.brokers') } },
});
