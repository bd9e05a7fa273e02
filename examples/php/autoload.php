<?php

// Guzzle from the system's packages (Debian: php-guzzlehttp-guzzle), the client from where it was generated.
// With Composer, `vendor/autoload.php` does both: the generator writes a composer.json beside the client.

declare(strict_types=1);

require 'GuzzleHttp/autoload.php';

spl_autoload_register(function (string $class): void {
    if (str_starts_with($class, 'Octopus\\')) {
        require __DIR__ . '/generated/lib/' . str_replace('\\', '/', substr($class, strlen('Octopus\\'))) . '.php';
    }
});
