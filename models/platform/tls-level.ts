/**
 * What every listener of ours speaks: authenticated encryption with forward secrecy alone, the strongest first; of what NIST
 * SP 800-52r2 has; a store's own certificate is of an elliptic curve, that of an account service may be of RSA. Node's own list has CBC and SHA-1 at its end.
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
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const
