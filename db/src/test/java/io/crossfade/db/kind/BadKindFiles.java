package io.crossfade.db.kind;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files with a mistake each, and what is said of it. */
final class BadKindFiles {

  /** A file without mistakes. */
  static final String GOOD =
      """
      kinds:
        - name: orders
          code: 16
          fields:
            - order_no: text(40)
            - changed: instant
            - customer: {type: integer, from: [customer.id, customer_no]}
            - state: [open, paid]
            - name: amount
              type: decimal(12,2)
              required: true
            - express: boolean
            - note: text(500)
            - source: json(4000)
            - weight: double
          identity: order_no
          time: changed
          cohort: customer
          tenant: customer
          priority: {field: express, values: [true]}
          queue: {capacity: 500, flush-after: 2s}
          tables:
            - orders
            - name: order_lines
              rows:
                from: lines
                key: sku
                fields:
                  - sku: text(40)
                  - quantity: integer
            - name: order_state
              keep: latest
              columns: {order_no: order_no, changed: since, customer: customer_no}
      """;

  /**
   * One mistake.
   *
   * @param right a text of the good file
   * @param wrong what stands there instead
   * @param seenByEditors whether the schema refuses it too; else it takes knowledge of more than
   *     one place
   * @param said the whole message, {@code orders.yaml:} before each of its lines
   */
  record Bad(String right, String wrong, boolean seenByEditors, String said) {

    String file() {
      if (!GOOD.contains(right)) {
        throw new IllegalArgumentException("The good file has no " + right);
      }
      return GOOD.replace(right, wrong);
    }

    @Override
    public String toString() {
      return wrong;
    }
  }

  private BadKindFiles() {}

  static List<Bad> all() {
    return List.of(
        seen(
            "code: 16",
            "code: 15",
            "3:11: kinds[0].code: should be a whole number of 16 to 255, not '15'"),
        seen(
            "code: 16",
            "code: '16'",
            "3:11: kinds[0].code: should be a whole number of 16 to 255, not '16' in quotes"),
        seen(
            "code: 16",
            "code: 70000",
            "3:11: kinds[0].code: should be a whole number of 16 to 255, not '70000'"),
        seen("    code: 16\n", "", "2:5: kinds[0]: has no code"),
        seen(
            "name: orders\n    code",
            "name: Orders\n    code",
            "2:11: kinds[0].name: 'Orders' is no name of a kind; small letters, digits and _, a"
                + " letter first, 16 at most"),
        seen(
            "name: orders\n    code",
            "name: health\n    code",
            "2:11: kinds[0].name: the name 'health' is taken by what is built in"),
        seen(
            "code: 16",
            "code: 16\n    endpoint: /api/orders",
            "4:15: kinds[0].endpoint: the endpoint '/api/orders' is taken by what is built in;"
                + " taken are /api, /console, /actuator, /togglz-console, /error, /login, /logout,"
                + " /upload_health_data, /upload_device_info, /upload_common_event"),
        seen(
            "code: 16",
            "code: 16\n    endpoint: upload",
            "4:15: kinds[0].endpoint: 'upload' is no path; 1 to 4 parts of letters, digits, _ and"
                + " -, each behind a /, as in /upload_orders"),
        seen(
            "code: 16",
            "code: 16\n    endpoint: /upload_orders_v2",
            "4:15: kinds[0].endpoint: '/upload_orders_v2' ends with _v2, which every kind has"
                + " besides"),
        seen(
            "code: 16",
            "code: 16\n    endpiont: /orders",
            "4:5: kinds[0].endpiont: is not known; allowed are name, code, endpoint, wrapped-in,"
                + " zone, fields, identity, identity-with-time, time, cohort, tenant, priority,"
                + " queue, tables; did you mean endpoint?"),
        seen(
            "code: 16",
            "code: 16\n    wrapped_in: data",
            "4:5: kinds[0].wrapped_in: is not known; allowed are name, code, endpoint, wrapped-in,"
                + " zone, fields, identity, identity-with-time, time, cohort, tenant, priority,"
                + " queue, tables; did you mean wrapped-in?"),
        unseen(
            "code: 16",
            "code: 16\n    code: 17",
            "4:5: kinds[0].code: stands twice; first in line 3"),
        unseen(
            "code: 16",
            "code: 16\n    zone: Europe/Berlni",
            "4:11: kinds[0].zone: 'Europe/Berlni' is no time zone; one such as Europe/Berlin,"
                + " +02:00 or UTC; did you mean Europe/Berlin?"),
        seen(
            "text(500)",
            "txt",
            "13:15: kinds[0].fields[6].note: 'txt' is no type; one of text(n), integer,"
                + " decimal(p,s), double, boolean, instant, date, json(n), bytes(n), choice, or a"
                + " list of what may be sent; did you mean text?"),
        seen(
            "text(500)",
            "string",
            "13:15: kinds[0].fields[6].note: 'string' is no type; one of text(n), integer,"
                + " decimal(p,s), double, boolean, instant, date, json(n), bytes(n), choice, or a"
                + " list of what may be sent; did you mean text?"),
        seen(
            "text(500)",
            "text(20000)",
            "13:15: kinds[0].fields[6].note: should have 1 to 16383 characters, as in (20)"),
        seen(
            "text(500)",
            "text(500",
            "13:15: kinds[0].fields[6].note: 'text(500' is no type; one of text(n), integer,"
                + " decimal(p,s), double, boolean, instant, date, json(n), bytes(n), choice, or a"
                + " list of what may be sent; within braces a comma wants quotes:"
                + " \"decimal(12,2)\""),
        seen(
            "text(500)",
            "integer(5)",
            "13:15: kinds[0].fields[6].note: takes nothing in parentheses"),
        seen(
            "text(500)",
            "bytes",
            "13:15: kinds[0].fields[6].note: should have 1 to 16383 bytes, as in (20)"),
        seen(
            "text(500)",
            "choice",
            "13:15: kinds[0].fields[6].note: choice needs values, such as values: [open, paid]"),
        seen("text(500)", "", "13:14: kinds[0].fields[6].note: has no value"),
        seen(
            "type: decimal(12,2)",
            "type: decimal(20,2)",
            "10:15: kinds[0].fields[4].type: should say how many digits there are, 1 to 18, and how"
                + " many of them are decimals, as in decimal(12,2)"),
        unseen(
            "type: decimal(12,2)",
            "type: decimal(2,12)",
            "10:15: kinds[0].fields[4].type: should say how many digits there are, 1 to 18, and how"
                + " many of them are decimals, as in decimal(12,2)"),
        seen(
            "type: decimal(12,2)",
            "type: decimal",
            "10:15: kinds[0].fields[4].type: should say how many digits there are, 1 to 18, and how"
                + " many of them are decimals, as in decimal(12,2)"),
        seen(
            "{type: integer, from",
            "{type: decimal(12,2), from",
            "7:26: kinds[0].fields[2].customer.type: 'decimal(12' is no type; one of text(n),"
                + " integer, decimal(p,s), double, boolean, instant, date, json(n), bytes(n),"
                + " choice, or a list of what may be sent; within braces a comma wants quotes:"
                + " \"decimal(12,2)\"",
            "7:37: kinds[0].fields[2].customer.2): is not known; allowed are type, from, required,"
                + " default, min, max, times, round, zone, formats, encoding, values, other"),
        seen(
            "required: true",
            "required: yes",
            "11:19: kinds[0].fields[4].required: should be true or false, not 'yes'"),
        seen(
            "required: true",
            "required: true\n        default: 5",
            "12:9: kinds[0].fields[4].default: stands beside required; a field with a default"
                + " always has a value"),
        seen(
            "required: true",
            "requird: true",
            "11:9: kinds[0].fields[4].requird: is not known; allowed are name, type, from,"
                + " required, default, min, max, times, round, zone, formats, encoding, values,"
                + " other; did you mean required?"),
        unseen(
            "required: true",
            "default: 0.005",
            "11:18: kinds[0].fields[4].default: does not fit decimal(12,2)"),
        unseen(
            "required: true",
            "min: 5\n        max: 3",
            "12:14: kinds[0].fields[4].max: is less than min"),
        seen(
            "required: true",
            "zone: UTC",
            "11:9: kinds[0].fields[4].zone: is not for 'decimal(12,2)'; it is for instant"),
        seen(
            "required: true",
            "times: 0",
            "11:16: kinds[0].fields[4].times: makes 0 of every number"),
        seen(
            "required: true",
            "round: 1",
            "11:16: kinds[0].fields[4].round: should be true or false, not '1'"),
        seen(
            "[customer.id, customer_no]",
            "[customer.id, customer.id]",
            "7:55: kinds[0].fields[2].customer.from[1]: 'customer.id' stands twice"),
        seen(
            "[customer.id, customer_no]",
            "[customer..id]",
            "7:42: kinds[0].fields[2].customer.from[0]: 'customer..id' has an empty name between"
                + " its dots; a name with a dot stands in double quotes; write one such as"
                + " customer.address.city"),
        seen(
            "[customer.id, customer_no]",
            "[]",
            "7:41: kinds[0].fields[2].customer.from: is an empty list"),
        seen(
            "- name: amount\n        type: decimal(12,2)\n",
            "- name: amount\n",
            "9:9: kinds[0].fields[4]: has no type"),
        seen(
            "- name: amount\n        type",
            "- type",
            "9:9: kinds[0].fields[4]: has no name; a field is '- total: decimal(12,2)' or has name"
                + " and type"),
        unseen(
            "weight: double",
            "Amount: double",
            "15:9: kinds[0].fields[8].Amount: there is a field 'amount' already; names of columns"
                + " differ by more than case"),
        seen(
            "weight: double",
            "weight kg: double",
            "15:9: kinds[0].fields[8].weight kg: 'weight kg' is no name of a field; letters, digits"
                + " and _, no digit first, 64 at most"),
        seen(
            "weight: double",
            "weight",
            "15:9: kinds[0].fields[8]: should be a field, as in '- total: decimal(12,2)'"),
        unseen(
            "weight: double",
            "weight: {type: instant, formats: [dd.MM.yyyy]}",
            "15:43: kinds[0].fields[8].weight.formats[0]: 'dd.MM.yyyy' gives no hour; write HH, or"
                + " hh with a; or make the field a date; or iso, epoch, epoch-millis"),
        unseen(
            "weight: double",
            "weight: {type: instant, formats: [\"yyyy-MM-dd'T'HH:mm'Z'\"]}",
            "15:43: kinds[0].fields[8].weight.formats[0]: 'yyyy-MM-dd'T'HH:mm'Z'' has 'Z' in"
                + " quotes, which is a letter and no offset; write X without quotes; or iso, epoch,"
                + " epoch-millis"),
        unseen(
            "weight: double",
            "weight: {type: date, formats: [dd.MM]}",
            "15:40: kinds[0].fields[8].weight.formats[0]: 'dd.MM' gives no day; write a year, a"
                + " month and a day"),
        unseen(
            "weight: double",
            "weight: {type: instant, formats: [foo]}",
            "15:43: kinds[0].fields[8].weight.formats[0]: 'foo' is no pattern of times (Unknown"
                + " pattern letter: f); write one such as dd.MM.yyyy HH:mm; or iso, epoch,"
                + " epoch-millis"),
        unseen(
            "weight: double",
            "weight: {type: json, default: '{}'}",
            "15:30: kinds[0].fields[8].weight.default: is not for json"),
        unseen(
            "weight: double",
            "weight: {values: [a, b], default: c}",
            "15:43: kinds[0].fields[8].weight.default: 'c' is none of what is stored: a, b"),
        unseen(
            "weight: double",
            "weight: {values: [a, ' a']}",
            "15:26: kinds[0].fields[8].weight.values: ' a' is never sent: blanks around a value do"
                + " not count, and what is empty is no value"),
        unseen(
            "weight: double",
            "id: double",
            "23:9: kinds[0].tables[0]: the column 'id' is ours; give the field another, as in"
                + " 'columns: {id: its_id}'"),
        unseen(
            "identity: order_no",
            "identity: [order_no, weight]",
            "16:26: kinds[0].identity[1]: weight cannot be in the identity: it is double, and no"
                + " two of those are surely equal; make it a decimal"),
        unseen(
            "identity: order_no",
            "identity: order",
            "16:15: kinds[0].identity: there is no field 'order'; fields are order_no, changed,"
                + " customer, state, amount, express, note, source, weight"),
        seen("identity: order_no", "identity: []", "16:15: kinds[0].identity: is an empty list"),
        unseen(
            "identity: order_no",
            "identity: [order_no, order_no]",
            "16:26: kinds[0].identity[1]: 'order_no' stands twice"),
        unseen(
            "identity: order_no",
            "identity: changed",
            "16:15: kinds[0].identity: is the time alone; name what tells two records of one second"
                + " apart"),
        unseen(
            "identity: order_no",
            "identity: [order_no, changed]\n    identity-with-time: false",
            "17:25: kinds[0].identity-with-time: is false, but the identity names the time"),
        unseen("time: changed", "time: note", "17:11: kinds[0].time: 'note' should be an instant"),
        unseen(
            "    time: changed\n",
            "    identity-with-time: true\n",
            "17:25: kinds[0].identity-with-time: is true, but the kind has no time"),
        unseen(
            "changed: instant",
            "changed: {type: instant, required: false}",
            "6:44: kinds[0].fields[1].changed.required: should be true: the field is a part of the"
                + " identity, and always has a value"),
        unseen(
            "{type: integer, from",
            "{type: integer, required: false, from",
            "7:45: kinds[0].fields[2].customer.required: should be true: the field is the cohort,"
                + " and always has a value"),
        unseen(
            "cohort: customer",
            "cohort: amount",
            "18:13: kinds[0].cohort: 'amount' should be a text or an integer"),
        unseen(
            "cohort: customer",
            "cohort: custmer",
            "18:13: kinds[0].cohort: there is no field 'custmer'; fields are order_no, changed,"
                + " customer, state, amount, express, note, source, weight; did you mean"
                + " customer?"),
        seen("cohort: customer", "cohort: [customer]", "18:13: kinds[0].cohort: should be a text"),
        unseen(
            "{type: integer, from",
            "{type: integer, round: true, from",
            "18:13: kinds[0].cohort: 'customer' is rounded, and could become another's",
            "19:13: kinds[0].tenant: 'customer' is rounded, and could become another's"),
        unseen(
            "tenant: customer",
            "tenant: order_no",
            "19:13: kinds[0].tenant: 'order_no' should be an integer"),
        unseen(
            "values: [true]",
            "values: [1]",
            "20:41: kinds[0].priority.values[0]: should be true or false, not '1'"),
        unseen(
            "field: express",
            "field: amount",
            "20:23: kinds[0].priority.field: 'amount' should be a text, a choice, an integer or a"
                + " boolean"),
        seen("field: express, ", "", "20:15: kinds[0].priority: has no field"),
        seen(
            "flush-after: 2s",
            "flush-after: 2",
            "21:41: kinds[0].queue.flush-after: should be 1ms to 1m, such as 500ms or 2s"),
        unseen(
            "flush-after: 2s",
            "flush-after: 2m",
            "21:41: kinds[0].queue.flush-after: should be 1ms to 1m, such as 500ms or 2s"),
        unseen(
            "flush-after: 2s",
            "batch: 501",
            "21:35: kinds[0].queue.batch: is more than the capacity of 500"),
        seen(
            "capacity: 500,",
            "capacity: 0,",
            "21:23: kinds[0].queue.capacity: should be a whole number of 1 to 1000000, not '0'"),
        seen(
            "keep: latest",
            "keep: last",
            "32:15: kinds[0].tables[2].keep: should be first or latest"),
        unseen(
            "- orders\n",
            "- {name: orders, keep: latest}\n",
            "23:9: kinds[0].tables[0]: the first table has a row per record, and the time tells"
                + " records apart: keep the first, or set identity-with-time: false"),
        unseen(
            "name: order_lines",
            "name: Order_State",
            "31:9: kinds[0].tables[2]: the table 'order_state' is taken at orders.yaml:24"),
        seen(
            "name: order_lines",
            "name: order-lines",
            "24:15: kinds[0].tables[1].name: 'order-lines' is no name of a table; letters, digits"
                + " and _, no digit first, 64 at most"),
        unseen(
            "name: order_lines",
            "name: t_common_event",
            "24:9: kinds[0].tables[1]: the table 't_common_event' is that of a kind that is built"
                + " in"),
        unseen(
            "changed: since, ",
            "",
            "33:9: kinds[0].tables[2].columns: lacks 'changed': every table has the fields of"
                + " identity, time and cohort"),
        unseen(
            "changed: since",
            "changed: customer_NO",
            "31:9: kinds[0].tables[2]: the column 'customer_no' is that of changed and of"
                + " customer"),
        unseen(
            "changed: since",
            "changed: stamp",
            "31:9: kinds[0].tables[2]: the column 'stamp' is ours; give the field another, as in"
                + " 'columns: {changed: its_stamp}'"),
        unseen(
            "changed: since",
            "changd: since",
            "33:9: kinds[0].tables[2].columns: lacks 'changed': every table has the fields of"
                + " identity, time and cohort",
            "33:47: kinds[0].tables[2].columns.changd: there is no field 'changd'; fields are"
                + " order_no, changed, customer, state, amount, express, note, source, weight; did"
                + " you mean changed?"),
        seen(
            "changed: since",
            "changed: since it",
            "33:9: kinds[0].tables[2].columns: lacks 'changed': every table has the fields of"
                + " identity, time and cohort",
            "33:48: kinds[0].tables[2].columns.changed: 'since it' is no name of a column; letters,"
                + " digits and _, no digit first, 64 at most"),
        unseen(
            "key: sku",
            "key: quantty",
            "27:16: kinds[0].tables[1].rows.key: there is no field 'quantty'; fields are sku,"
                + " quantity; did you mean quantity?"),
        seen(
            "key: sku",
            "kye: sku",
            "27:11: kinds[0].tables[1].rows.kye: is not known; allowed are from, key, fields; did"
                + " you mean key?"),
        seen(
            "          from: lines\n",
            "",
            "26:11: kinds[0].tables[1].rows: has no from: where in a record the list stands"),
        unseen(
            "- sku: text(40)",
            "- customer: text(40)",
            "27:16: kinds[0].tables[1].rows.key: there is no field 'sku'; fields are customer,"
                + " quantity",
            "29:13: kinds[0].tables[1].rows.fields: a row has the record's 'customer' besides; give"
                + " its own another name"),
        unseen(
            "sku: text(40)",
            "sku: {type: text(40), required: false}",
            "29:47: kinds[0].tables[1].rows.fields[0].sku.required: should be true: the field is in"
                + " the key of a row, and always has a value"),
        unseen(
            "- orders\n",
            "- {name: orders, rows: {from: lines, fields: {a: text}}}\n",
            "23:24: kinds[0].tables[0].rows: is not for the first table, which has a row per"
                + " record; name that one before it"),
        seen(
            "tables:",
            "tables: []\n    queue2:",
            "22:13: kinds[0].tables: is an empty list",
            "23:5: kinds[0].queue2: is not known; allowed are name, code, endpoint, wrapped-in,"
                + " zone, fields, identity, identity-with-time, time, cohort, tenant, priority,"
                + " queue, tables; did you mean queue?"),
        seen(
            "kinds:",
            "kind:",
            "1:1: kind: is not known; allowed are kinds; did you mean kinds?",
            "1:1: has no kinds"),
        seen(
            "queue: {capacity: 500, flush-after: 2s}",
            "queue: 500",
            "21:12: kinds[0].queue: should have keys with values, as in 'key: value'"),
        unseen(
            "weight: double",
            "weight: {type: double, from: data.weight}",
            "15:17: kinds[0].fields[8].weight: 'data.weight' is looked for in items, and items are"
                + " looked for under data; set wrapped-in, to [] for none"),
        unseen(
            "          from: lines\n",
            "          from: data.lines\n",
            "26:17: kinds[0].tables[1].rows.from: 'data.lines' is looked for in items, and items"
                + " are looked for under data; set wrapped-in, to [] for none"),
        unseen(
            "from: lines",
            "from: data",
            "26:17: kinds[0].tables[1].rows.from: 'data' is looked for in items, and items are"
                + " looked for under data; set wrapped-in, to [] for none"),
        seen(
            "text(500)",
            "choice(a, b)",
            "13:15: kinds[0].fields[6].note: takes nothing in parentheses; write a list, such as"
                + " [open, paid]"),
        unseen(
            "text(500)",
            "{type: text, default: \"\\ud800\"}",
            "13:37: kinds[0].fields[6].note.default: has half of a character, which no database"
                + " takes"),
        unseen(
            "weight: double\n    identity: order_no",
            "at: {type: instant, zone: Europe/Berlin}\n    identity: [order_no, at]",
            "16:26: kinds[0].identity[1]: at cannot be in the identity: it is in a zone that puts"
                + " clocks back, where two moments have one local time; make it UTC"),
        unseen(
            "          key: sku\n          fields:\n            - sku",
            "          fields:\n            - Position",
            "24:9: kinds[0].tables[1]: the column 'position' is that of a row's place, since the"
                + " rows have no key; name a key, or another column"));
  }

  private static Bad seen(String right, String wrong, String... said) {
    return new Bad(right, wrong, /* seenByEditors= */ true, said(said));
  }

  private static Bad unseen(String right, String wrong, String... said) {
    return new Bad(right, wrong, /* seenByEditors= */ false, said(said));
  }

  private static String said(String... lines) {
    return Stream.of(lines).map("orders.yaml:"::concat).collect(Collectors.joining("\n"));
  }
}
