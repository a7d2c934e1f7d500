package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.kind.KindFile;
import io.crossfade.db.kind.KindFileException;
import org.junit.jupiter.api.Test;

/** Which table a change's effect is counted on. */
class CohortRowsTest {

  private static final String FIELDS =
      """
      kinds:
        - name: orders
          code: 16
          fields:
            - order_no: text(40)
            - changed: instant
            - customer: integer
            - shop: integer
          time: changed
          identity: %s
          cohort: customer
          %s
          tables:
      """;

  private static final String ALL = "      - orders\n";
  private static final String STATE = "      - { name: order_state, keep: latest }\n";
  private static final String STATE_WITHOUT_SHOP =
      "      - { name: order_state, keep: latest,"
          + " columns: { order_no: order_no, changed: since, customer: customer_no } }\n";
  private static final String ALL_WITHOUT_SHOP =
      "      - { name: orders,"
          + " columns: { order_no: order_no, changed: since, customer: customer_no } }\n";

  @Test
  void watchesAreThoseThatSentDeviceInfo() {
    for (Kind kind : Kind.values()) {
      assertThat(kind.definition().cohortRows())
          .isEqualTo(
              new CohortRows(
                  "device", "customer", "t_device_info", "serial_number", "customer_id", true));
    }
  }

  @Test
  void tableOfStatesHasFewestRows() throws Exception {
    assertThat(rows("order_no", "tenant: shop", ALL + STATE))
        .isEqualTo(new CohortRows("customer", "shop", "order_state", "customer", "shop", false));
    assertThat(rows("order_no", "", ALL + STATE_WITHOUT_SHOP))
        .isEqualTo(new CohortRows("customer", null, "order_state", "customer_no", null, false));
  }

  @Test
  void stateOfEachCustomerNamesHimOnce() throws Exception {
    assertThat(rows("customer", "", ALL + STATE).onceEach()).isTrue();
    assertThat(rows("customer", "", ALL).onceEach()).isFalse();
  }

  @Test
  void tenantIsWorthMoreRows() throws Exception {
    assertThat(rows("order_no", "tenant: shop", ALL + STATE_WITHOUT_SHOP))
        .isEqualTo(new CohortRows("customer", "shop", "orders", "customer", "shop", false));
    assertThat(rows("order_no", "tenant: shop", ALL_WITHOUT_SHOP + STATE_WITHOUT_SHOP))
        .as("nobody knows the tenant")
        .isEqualTo(new CohortRows("customer", "shop", "order_state", "customer_no", null, false));
  }

  private static CohortRows rows(String identity, String tenant, String tables)
      throws KindFileException {
    String file = FIELDS.formatted(identity, tenant) + tables;
    return new DefinedKind(KindFile.parse("orders.yaml", file).getFirst()).cohortRows();
  }
}
