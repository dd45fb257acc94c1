/**
 * What every listener of ours speaks: authenticated encryption with forward secrecy alone, the strongest first; of what NIST
 * SP 800-52r2 has for a certificate of an elliptic curve. Node's own list has CBC and SHA-1 at its end.
 */
export const tlsLevel = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
  ].join(':'),
} as const
