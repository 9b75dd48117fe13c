import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ClientsModule, Transport } from '@nestjs/microservices';

@Module({
  imports: [
    ClientsModule.registerAsync([
      {
        name: 'EVENTS',
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({
          transport: Transport.KAFKA,
          options: { client: { brokers: config.get<string>('KAFKA_URLS', 'localhost:9092').split(',') } },
        }),
      },
    ]),
  ],
})
export class ReviewsModule {}
