package io.crossfade.router.bench;

import io.crossfade.db.DbSettings;

/** Links to the database without TLS, as on one machine: else ciphers are most of what is measured. */
final class PlainLinks {

  private static final String PLAIN = "?sslMode=DISABLED&allowPublicKeyRetrieval=true";

  private PlainLinks() {}

  static DbSettings to(DbSettings schemas) {
    return new DbSettings(
        plain(schemas.control()),
        plain(schemas.legacy()),
        plain(schemas.stream()),
        schemas.migrate(),
        schemas.migration());
  }

  private static DbSettings.Schema plain(DbSettings.Schema schema) {
    return new DbSettings.Schema(
        schema.url() + PLAIN, schema.username(), schema.password(), schema.connections());
  }
}
