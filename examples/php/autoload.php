<?php

// Load Guzzle from the system packages (Debian: php-guzzlehttp-guzzle) and the client from its generated folder.
// With Composer, `vendor/autoload.php` loads both: the generator writes a composer.json next to the client.

declare(strict_types=1);

require 'GuzzleHttp/autoload.php';

spl_autoload_register(function (string $class): void {
    if (str_starts_with($class, 'Octopus\\')) {
        require __DIR__ . '/generated/lib/' . str_replace('\\', '/', substr($class, strlen('Octopus\\'))) . '.php';
    }
});
