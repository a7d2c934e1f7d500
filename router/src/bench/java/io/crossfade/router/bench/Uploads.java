package io.crossfade.router.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** HTTP requests with watch measurements that never repeat: as bytes, so that making them costs next to nothing. */
final class Uploads {

  private static final int DEVICES = 10_000;
  private static final long FIRST_SECOND = 1_600_000_000L;
  private static final String ITEM =
      "{\"deviceSn\":\"DEV@@@@@@@@@@\",\"customerId\":\"10\",\"orgId\":\"20\",\"userId\":\"1001\","
          + "\"heart_rate\":72,\"blood_oxygen\":97,\"body_temperature\":\"36.6\",\"step\":4213,"
          + "\"distance\":\"2871.0\",\"calorie\":\"151230.0\",\"latitude\":\"31.230412\","
          + "\"longitude\":\"121.473703\",\"altitude\":\"0.0\",\"stress\":41,\"upload_method\":\"wifi\","
          + "\"blood_pressure_systolic\":121,\"blood_pressure_diastolic\":79,\"sleepData\":\"null\","
          + "\"exerciseDailyData\":\"null\",\"exerciseWeekData\":\"null\",\"scientificSleepData\":\"null\","
          + "\"workoutData\":\"null\",\"timestamp\":##########}";
  private static final int DIGITS = 10;

  private final byte[] template;
  private final int bodyAt;
  private final int[] devices;
  private final int[] times;

  /**
   * @param path of the endpoint
   * @param items per upload; one is sent as an object, more as a list
   */
  Uploads(String path, int items) {
    String body = items == 1 ? ITEM : "[" + (ITEM + ",").repeat(items - 1) + ITEM + "]";
    body = "{\"data\":" + body + "}";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII));
    template = request.toByteArray();
    bodyAt = template.length - body.length();
    devices = positions('@', items);
    times = positions('#', items);
  }

  /** Where the body begins in a buffer; before it is the head. */
  int bodyAt() {
    return bodyAt;
  }

  byte[] newBuffer() {
    return template.clone();
  }

  /** Makes the buffer the upload with this number: no two numbers share a record. */
  void fill(byte[] buffer, long number) {
    for (int item = 0; item < devices.length; item++) {
      long record = number * devices.length + item;
      digits(buffer, devices[item], record % DEVICES);
      digits(buffer, times[item], FIRST_SECOND + record / DEVICES);
    }
  }

  private int[] positions(char mark, int items) {
    int[] positions = new int[items];
    int found = 0;
    for (int i = 0; i < template.length; i++) {
      if (template[i] == mark) {
        positions[found++] = i;
        i += DIGITS - 1;
      }
    }
    return positions;
  }

  private static void digits(byte[] buffer, int at, long number) {
    long rest = number;
    for (int i = at + DIGITS - 1; i >= at; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
