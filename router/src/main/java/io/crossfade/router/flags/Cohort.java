package io.crossfade.router.flags;

import io.crossfade.db.DeviceBucket;
import java.math.BigDecimal;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The devices that a percentage selects, and the exceptions to it. Sticky and nested: a device's
 * bucket never changes, so raising the percentage only adds devices, and one bucket counts for all
 * kinds. Exceptions are asked from the particular to the general: denied device, allowed device,
 * denied customer, allowed customer, percentage.
 *
 * @param basisPoints share of all devices in steps of 0.01 %, 0 to {@value #ALL}
 */
public record Cohort(
    int basisPoints,
    Set<String> allowDevices,
    Set<String> denyDevices,
    Set<Long> allowCustomers,
    Set<Long> denyCustomers) {

  /** All devices, in steps of 0.01 %. */
  public static final int ALL = DeviceBucket.ALL;

  public static final Cohort EVERYBODY = of(ALL);
  public static final Cohort NOBODY = of(0);

  /** Why a device is in a cohort or not. */
  public enum Membership {
    DENIED_DEVICE(false, "the device is denied by name"),
    ALLOWED_DEVICE(true, "the device is allowed by name"),
    DENIED_CUSTOMER(false, "its customer is denied"),
    ALLOWED_CUSTOMER(true, "its customer is allowed"),
    WITHIN_PERCENTAGE(true, "its bucket is within the share"),
    BEYOND_PERCENTAGE(false, "its bucket is beyond the share");

    private final boolean member;
    private final String sentence;

    Membership(boolean member, String sentence) {
      this.member = member;
      this.sentence = sentence;
    }

    public String sentence() {
      return sentence;
    }

    public boolean member() {
      return member;
    }
  }

  public Cohort {
    if (basisPoints < 0 || basisPoints > ALL) {
      throw new IllegalArgumentException(
          "A share of %s %% is not between 0 and 100"
              .formatted(BigDecimal.valueOf(basisPoints, 2)));
    }
    allowDevices = Set.copyOf(allowDevices);
    denyDevices = Set.copyOf(denyDevices);
    allowCustomers = Set.copyOf(allowCustomers);
    denyCustomers = Set.copyOf(denyCustomers);
  }

  public static Cohort of(int basisPoints) {
    return new Cohort(basisPoints, Set.of(), Set.of(), Set.of(), Set.of());
  }

  public Cohort withShare(int share) {
    return new Cohort(share, allowDevices, denyDevices, allowCustomers, denyCustomers);
  }

  /** Percent, two decimals. */
  public BigDecimal percentage() {
    return BigDecimal.valueOf(basisPoints, 2);
  }

  /** Whether every device is in it. */
  boolean everybody() {
    return basisPoints == ALL && denyDevices.isEmpty() && denyCustomers.isEmpty();
  }

  /** Whether no device can be in it. */
  public boolean nobody() {
    return basisPoints == 0 && allowDevices.isEmpty() && allowCustomers.isEmpty();
  }

  /** Whether some customer's devices are an exception. */
  public boolean namesCustomers() {
    return !allowCustomers.isEmpty() || !denyCustomers.isEmpty();
  }

  /**
   * Whether some device may be in this cohort that is not in another: asked of every named device,
   * of one nameless device for each stretch of buckets, and of every named customer and none.
   */
  public boolean widens(Cohort other) {
    Set<String> devices = new TreeSet<>(allowDevices);
    devices.addAll(denyDevices);
    devices.addAll(other.allowDevices);
    devices.addAll(other.denyDevices);
    Set<Long> customers = new TreeSet<>(allowCustomers);
    customers.addAll(denyCustomers);
    customers.addAll(other.allowCustomers);
    customers.addAll(other.denyCustomers);
    int stretches = Math.min(Math.min(basisPoints, other.basisPoints), ALL - 1);
    return widens(other, null, 0, customers)
        || widens(other, null, stretches, customers)
        || widens(other, null, ALL - 1, customers)
        || devices.stream().anyMatch(device -> widens(other, device, bucket(device), customers));
  }

  private boolean widens(Cohort other, @Nullable String device, int bucket, Set<Long> customers) {
    return adds(other, device, bucket, null)
        || customers.stream().anyMatch(customer -> adds(other, device, bucket, customer));
  }

  private boolean adds(Cohort other, @Nullable String device, int bucket, @Nullable Long customer) {
    return membership(device, bucket, customer).member()
        && !other.membership(device, bucket, customer).member();
  }

  public boolean contains(String device, @Nullable Long customer) {
    return membership(device, customer).member();
  }

  public Membership membership(String device, @Nullable Long customer) {
    Membership named = named(device, customer);
    return named == null ? byShare(bucket(device)) : named;
  }

  /**
   * The same for a device of a known bucket.
   *
   * @param device {@code null} for one that nobody names
   */
  private Membership membership(@Nullable String device, int bucket, @Nullable Long customer) {
    Membership named = named(device, customer);
    return named == null ? byShare(bucket) : named;
  }

  private Membership byShare(int bucket) {
    return bucket < basisPoints ? Membership.WITHIN_PERCENTAGE : Membership.BEYOND_PERCENTAGE;
  }

  /** What the exceptions say; {@code null} when they say nothing. */
  private @Nullable Membership named(@Nullable String device, @Nullable Long customer) {
    if (device != null && denyDevices.contains(device)) {
      return Membership.DENIED_DEVICE;
    }
    if (device != null && allowDevices.contains(device)) {
      return Membership.ALLOWED_DEVICE;
    }
    if (customer != null && denyCustomers.contains(customer)) {
      return Membership.DENIED_CUSTOMER;
    }
    if (customer != null && allowCustomers.contains(customer)) {
      return Membership.ALLOWED_CUSTOMER;
    }
    return null;
  }

  /** A device's place, 0 to 9,999; also that of its records among a kind's streams. */
  public static int bucket(String device) {
    return DeviceBucket.of(device);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(percentage() + " %");
    list(text, ", also devices ", allowDevices);
    list(text, ", not devices ", denyDevices);
    list(text, ", also customers ", allowCustomers);
    list(text, ", not customers ", denyCustomers);
    return text.toString();
  }

  private static <T extends Comparable<T>> void list(StringBuilder text, String what, Set<T> of) {
    if (!of.isEmpty()) {
      text.append(what).append(new TreeSet<>(of));
    }
  }
}
