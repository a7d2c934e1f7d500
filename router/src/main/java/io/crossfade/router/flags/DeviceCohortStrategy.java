package io.crossfade.router.flags;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.togglz.core.activation.Parameter;
import org.togglz.core.activation.ParameterBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.spi.ActivationStrategy;
import org.togglz.core.user.FeatureUser;

/**
 * Togglz' view of a {@link Cohort}: the user's name is the device, its attribute {@value #CUSTOMER}
 * the customer. Unlike the stock percentage, one device has one place for all features.
 */
public final class DeviceCohortStrategy implements ActivationStrategy {

  public static final String ID = "device-cohort";
  static final String CUSTOMER = "customer";
  static final String PERCENTAGE = "percentage";
  static final String ALLOW_DEVICES = "allowDevices";
  static final String DENY_DEVICES = "denyDevices";
  static final String ALLOW_CUSTOMERS = "allowCustomers";
  static final String DENY_CUSTOMERS = "denyCustomers";

  private static final int SHOWN = 40;

  private static final String LIST = "\\s*([^,\\s]+(\\s*,\\s*[^,\\s]+)*)?\\s*";
  private static final String NUMBERS = "\\s*(\\d{1,18}(\\s*,\\s*\\d{1,18})*)?\\s*";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public String getName() {
    return "Device cohort";
  }

  @Override
  public Parameter[] getParameters() {
    return new Parameter[] {
      ParameterBuilder.create(PERCENTAGE)
          .label("Percentage of devices")
          .matching("(100(\\.0{1,2})?|\\d{1,2}(\\.\\d{1,2})?)")
          .description("0 to 100 in steps of 0.01"),
      ParameterBuilder.create(ALLOW_DEVICES).optional().matching(LIST).label("Also these devices"),
      ParameterBuilder.create(DENY_DEVICES).optional().matching(LIST).label("Never these devices"),
      ParameterBuilder.create(ALLOW_CUSTOMERS)
          .optional()
          .matching(NUMBERS)
          .label("Also devices of these customers"),
      ParameterBuilder.create(DENY_CUSTOMERS)
          .optional()
          .matching(NUMBERS)
          .label("Never devices of these customers")
    };
  }

  @Override
  public boolean isActive(FeatureState state, @Nullable FeatureUser user) {
    return user != null
        && cohort(state.getParameterMap())
            .contains(
                user.getName(),
                user.getAttribute(CUSTOMER) instanceof Long customer ? customer : null);
  }

  /**
   * Reads the parameters.
   *
   * @throws IllegalArgumentException when one does not fit
   */
  static Cohort cohort(Map<String, String> parameters) {
    return new Cohort(
        basisPoints(new BigDecimal(parameters.getOrDefault(PERCENTAGE, "0").strip())),
        list(parameters.get(ALLOW_DEVICES), Function.identity()),
        list(parameters.get(DENY_DEVICES), Function.identity()),
        list(parameters.get(ALLOW_CUSTOMERS), Long::valueOf),
        list(parameters.get(DENY_CUSTOMERS), Long::valueOf));
  }

  /**
   * Takes as long for 1e-300000000 as for 1: only what is known to be small is computed with, and
   * none is written out.
   */
  public static int basisPoints(BigDecimal percentage) {
    if (percentage.signum() < 0 || percentage.compareTo(BigDecimal.valueOf(100)) > 0) {
      throw new IllegalArgumentException(
          "percentage %s is not between 0 and 100".formatted(shown(percentage)));
    }
    BigDecimal exact = percentage.stripTrailingZeros();
    if (exact.scale() > 2) {
      throw new IllegalArgumentException(
          "percentage %s is not a multiple of 0.01".formatted(shown(percentage)));
    }
    return exact.movePointRight(2).intValueExact();
  }

  private static String shown(BigDecimal percentage) {
    String text = percentage.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  static Map<String, String> parameters(Cohort cohort) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put(PERCENTAGE, cohort.percentage().toPlainString());
    put(parameters, ALLOW_DEVICES, cohort.allowDevices());
    put(parameters, DENY_DEVICES, cohort.denyDevices());
    put(parameters, ALLOW_CUSTOMERS, cohort.allowCustomers());
    put(parameters, DENY_CUSTOMERS, cohort.denyCustomers());
    return parameters;
  }

  private static void put(Map<String, String> parameters, String name, Set<?> values) {
    if (!values.isEmpty()) {
      parameters.put(
          name,
          new TreeSet<>(values).stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
  }

  private static <T> Set<T> list(@Nullable String text, Function<String, T> parse) {
    return text == null || text.isBlank()
        ? Set.of()
        : Arrays.stream(text.split(","))
            .map(String::strip)
            .filter(item -> !item.isEmpty())
            .map(parse)
            .collect(Collectors.toUnmodifiableSet());
  }
}
