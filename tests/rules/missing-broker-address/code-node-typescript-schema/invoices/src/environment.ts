import { z } from 'zod';

export const environment = z
  .object({
    KAFKA_BOOTSTRAP_SERVERS: z.string().default('localhost:9092'),
    PORT: z.coerce.number().default(3000),
  })
  .parse(process.env);
