<?php
/* Reads Rapport's click ids: rapport_read_click_id($text, $key). Needs PHP 8 with sodium. See ../click-id.md.
 *
 * $key is 16 to 64 bytes, or null: then the signature is not looked at and 'verified' is false.
 * Returns ['ok' => true, …] or ['ok' => false, 'reason' => 'malformed' | 'forged'].
 */
declare(strict_types=1);

const RAPPORT_MARKS = ['view' => 1, 'bot' => 2, 'framed' => 4, 'no_consent' => 8, 'test' => 16];

function rapport_read_click_id(string $text, ?string $key = null): array
{
    if (!preg_match('/\A[A-Za-z0-9_-]{32}\z/', $text)) {
        return ['ok' => false, 'reason' => 'malformed'];
    }
    $raw = base64_decode(strtr($text, '-_', '+/'), true);
    $first = ord($raw[0]);
    if ($first >> 5 !== 1) {
        return ['ok' => false, 'reason' => 'malformed'];
    }
    $signed = substr($raw, 0, 17);
    if ($key !== null && !hash_equals(substr(sodium_crypto_generichash($signed, $key, 16), 0, 7), substr($raw, 17))) {
        return ['ok' => false, 'reason' => 'forged'];
    }
    return [
        'ok' => true,
        'verified' => $key !== null,
        'marks' => array_keys(array_filter(RAPPORT_MARKS, fn (int $bit): bool => ($first & $bit) !== 0)),
        'key_number' => ord($raw[1]),
        'at_ms' => unpack('J', "\0\0" . substr($raw, 2, 6))[1],
        'link_number' => unpack('J', "\0\0\0" . substr($raw, 8, 5))[1],
    ];
}
