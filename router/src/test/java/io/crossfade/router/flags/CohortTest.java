package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.user.SimpleFeatureUser;

class CohortTest {

  private static final int FLEET = 10_000;

  /**
   * Serial numbers as makers give them: one run, two runs, short ones, bare numbers, text behind.
   */
  private static Stream<List<String>> fleets() {
    return Stream.of(
        fleet("A5GTQ24%08d", 603_000_000, 1),
        Stream.concat(
                fleet("CRFTQ23409%06d", 1_200, 3).stream().limit(FLEET / 2),
                fleet("CRFTQ24117%06d", 40, 2).stream().limit(FLEET / 2))
            .toList(),
        fleet("DEV%d", 0, 1),
        fleet("%d", 860_000_000, 7));
  }

  private static List<String> fleet(String pattern, int first, int step) {
    return IntStream.range(0, FLEET).mapToObj(i -> pattern.formatted(first + i * step)).toList();
  }

  @ParameterizedTest
  @MethodSource("fleets")
  void everyPercentageGetsItsShareOfAnyFleet(List<String> fleet) {
    int[] ofBucket = new int[Cohort.ALL];
    fleet.forEach(device -> ofBucket[Cohort.bucket(device)]++);
    int members = 0;
    int worst = 0;
    for (int share = 0; share <= Cohort.ALL; share++) {
      // FLEET devices and ALL buckets are both 10,000: members are basis points.
      worst = Math.max(worst, Math.abs(members - share));
      if (share < Cohort.ALL) {
        members += ofBucket[share];
      }
    }
    assertThat(members).isEqualTo(FLEET);
    // A hash alone would be off by about 87: chance does not spread 10,000 evenly.
    assertThat(worst).as("basis points off").isLessThanOrEqualTo(50);
  }

  @Test
  void raisingThePercentageOnlyAddsDevices() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    for (int i = 0; i < FLEET; i++) {
      String device = "R" + Long.toHexString(random.nextLong());
      boolean member = false;
      for (int share = 0; share <= Cohort.ALL; share += 1 + random.nextInt(400)) {
        boolean now = Cohort.of(share).contains(device, null);
        assertThat(now || !member).as("%s left at %d", device, share).isTrue();
        member = now;
      }
      assertThat(Cohort.EVERYBODY.contains(device, null)).isTrue();
      assertThat(Cohort.NOBODY.contains(device, null)).isFalse();
    }
  }

  /** A device's place is for ever: these may never change. */
  @Test
  void bucketsAreStable() {
    assertThat(
            Stream.of("", "A5GTQ24603000537", "DEV1", "大😀", "DEV90", "DEV09", "DEV:9", "DEV/0")
                .map(Cohort::bucket))
        .containsExactly(GOLDEN);
    assertThat(
            Stream.of("9123456789012345678", "8123456789012345678", "123456789012345678")
                .map(Cohort::bucket))
        .as("more digits than count as a number")
        .containsExactly(LONG_NUMBERS);
  }

  private static final Integer[] GOLDEN = {5_100, 1_492, 4_639, 7_083, 7_530, 6_923, 5_775, 3_109};
  private static final Integer[] LONG_NUMBERS = {2_077, 5_452, 2_097};

  @Test
  void saysItselfInFull() {
    assertThat(Cohort.of(1)).hasToString("0.01 %");
    assertThat(new Cohort(1_234, Set.of("B", "A"), Set.of("D"), Set.of(2L, 1L), Set.of(3L)))
        .hasToString(
            "12.34 %, also devices [A, B], not devices [D], also customers [1, 2],"
                + " not customers [3]");
    assertThat(Cohort.of(10_000).percentage()).isEqualTo(new BigDecimal("100.00"));
    for (Cohort.Membership why : Cohort.Membership.values()) {
      assertThat(why.sentence()).isNotBlank();
      assertThat(why.member())
          .as(why.sentence())
          .isEqualTo(why.sentence().contains("allowed") || why.sentence().contains("within"));
    }
    for (int share : new int[] {-1, Cohort.ALL + 1}) {
      assertThatThrownBy(() -> Cohort.of(share)).hasMessageContaining("is not between 0 and 100");
    }
  }

  @Test
  void exceptionsAreAskedFromTheParticularToTheGeneral() {
    Cohort cohort = new Cohort(10_000, Set.of("A"), Set.of("D"), Set.of(1L), Set.of(2L));
    assertThat(cohort.membership("D", 1L)).isEqualTo(Cohort.Membership.DENIED_DEVICE);
    assertThat(cohort.membership("A", 2L)).isEqualTo(Cohort.Membership.ALLOWED_DEVICE);
    assertThat(cohort.membership("X", 2L)).isEqualTo(Cohort.Membership.DENIED_CUSTOMER);
    assertThat(cohort.membership("X", 1L)).isEqualTo(Cohort.Membership.ALLOWED_CUSTOMER);
    assertThat(cohort.membership("X", 3L)).isEqualTo(Cohort.Membership.WITHIN_PERCENTAGE);
    assertThat(cohort.withShare(0).membership("X", null))
        .isEqualTo(Cohort.Membership.BEYOND_PERCENTAGE);
  }

  @Test
  void togglzSeesTheSameCohort() {
    Cohort cohort = new Cohort(1_234, Set.of("A"), Set.of("D"), Set.of(1L), Set.of(2L));
    Map<String, String> parameters = DeviceCohortStrategy.parameters(cohort);
    assertThat(DeviceCohortStrategy.cohort(parameters)).isEqualTo(cohort);
    FeatureState state = new FeatureState(RolloutFeature.HEALTH_STREAM, true);
    parameters.forEach(state::setParameter);
    DeviceCohortStrategy strategy = new DeviceCohortStrategy();
    for (String device : fleet("T%05d", 0, 1)) {
      SimpleFeatureUser user = new SimpleFeatureUser(device);
      assertThat(strategy.isActive(state, user)).isEqualTo(cohort.contains(device, null));
      user.setAttribute(DeviceCohortStrategy.CUSTOMER, 2L);
      assertThat(strategy.isActive(state, user)).isFalse();
    }
    assertThat(strategy.isActive(state, null)).isFalse();
  }

  @Test
  void sharesOutOfRangeAreRefused() {
    for (String share :
        List.of(
            "-0.01", "100.01", "12.345", "1e9", "1e-300000000", "1e2147483647", "-1e-2147483647")) {
      assertThatThrownBy(() -> DeviceCohortStrategy.basisPoints(new BigDecimal(share)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("percentage ");
    }
    String digits = "1".repeat(40);
    assertThatThrownBy(() -> DeviceCohortStrategy.basisPoints(new BigDecimal(digits)))
        .hasMessage("percentage %s is not between 0 and 100", digits);
    assertThatThrownBy(() -> DeviceCohortStrategy.basisPoints(new BigDecimal(digits + "1")))
        .hasMessage("percentage %s… is not between 0 and 100", digits);
    assertThat(DeviceCohortStrategy.basisPoints(new BigDecimal("0.01"))).isEqualTo(1);
    assertThat(DeviceCohortStrategy.basisPoints(new BigDecimal("1E+2"))).isEqualTo(10_000);
    assertThat(DeviceCohortStrategy.basisPoints(new BigDecimal("0e-2147483647"))).isZero();
    assertThat(DeviceCohortStrategy.basisPoints(new BigDecimal("12.5000"))).isEqualTo(1_250);
  }

  /** Against every device of a small world, in every bucket and of every customer. */
  @Test
  void wideningIsFoundExactly() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    List<String> names = List.of("A1", "A2", "A3");
    List<Long> customers = List.of(1L, 2L, 3L);
    int[] shares = {0, 1, Cohort.bucket("A1"), Cohort.bucket("A2") + 1, 5_000, 9_999, Cohort.ALL};
    for (int round = 0; round < 2_000; round++) {
      Cohort[] two = new Cohort[2];
      for (int i = 0; i < 2; i++) {
        two[i] =
            new Cohort(
                shares[random.nextInt(shares.length)],
                some(names, random),
                some(names, random),
                some(customers, random),
                some(customers, random));
      }
      boolean widens = false;
      // Names of one, and by chance of every, bucket.
      for (String device : WORLD) {
        for (Long customer : new Long[] {null, 1L, 2L, 3L, 4L}) {
          widens |= two[1].contains(device, customer) && !two[0].contains(device, customer);
        }
      }
      assertThat(two[1].widens(two[0])).as("%s to %s", two[0], two[1]).isEqualTo(widens);
    }
  }

  private static final List<String> WORLD = world();

  /** One nameless device for each bucket that the shares above tell apart, and the named ones. */
  private static List<String> world() {
    int[] wanted = {
      0,
      1,
      Cohort.bucket("A1") - 1,
      Cohort.bucket("A1"),
      Cohort.bucket("A2"),
      Cohort.bucket("A2") + 1,
      4_999,
      5_000,
      9_998,
      9_999
    };
    Map<Integer, String> byBucket =
        IntStream.range(0, 200_000)
            .mapToObj(i -> "W" + i)
            .collect(Collectors.toMap(Cohort::bucket, device -> device, (a, b) -> a));
    return Stream.concat(
            Arrays.stream(wanted)
                .mapToObj(
                    bucket -> Objects.requireNonNull(byBucket.get(bucket), "bucket " + bucket)),
            Stream.of("A1", "A2", "A3"))
        .toList();
  }

  private static <T> Set<T> some(List<T> all, RandomGenerator random) {
    return all.stream().filter(one -> random.nextInt(3) == 0).collect(Collectors.toSet());
  }
}
