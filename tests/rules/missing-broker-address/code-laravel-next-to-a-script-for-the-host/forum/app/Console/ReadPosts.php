<?php

namespace App\Console;

use Illuminate\Console\Command;
use Junges\Kafka\Facades\Kafka;

class ReadPosts extends Command
{
    public function handle(): void
    {
        Kafka::consumer(['posts'])->build()->consume();
    }
}
