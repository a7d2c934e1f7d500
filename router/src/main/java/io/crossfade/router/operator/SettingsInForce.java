package io.crossfade.router.operator;

import io.crossfade.router.operator.Setting.Origin;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.ReflectionUtils;

/**
 * What this process goes by: of the records that its settings were read into, also where nobody set
 * anything; and where the last word came from. Only what is ours, and nothing that looks like a
 * secret.
 */
final class SettingsInForce {

  /** Others are of libraries: their secrets have names that we do not know. */
  private static final String OURS = "crossfade.";

  private final ApplicationContext context;

  SettingsInForce(ApplicationContext context) {
    this.context = context;
  }

  List<Setting> all() {
    Map<String, Setting> all = new TreeMap<>();
    for (Object settings : context.getBeansWithAnnotation(ConfigurationProperties.class).values()) {
      ConfigurationProperties marked =
          settings.getClass().getAnnotation(ConfigurationProperties.class);
      if (marked != null && marked.value().startsWith(OURS)) {
        add(marked.value(), settings, all);
      }
    }
    return List.copyOf(all.values());
  }

  private void add(String name, @Nullable Object value, Map<String, Setting> all) {
    if (value instanceof Record several) {
      if (isOurs(several)) {
        for (RecordComponent component : several.getClass().getRecordComponents()) {
          var accessor = component.getAccessor();
          ReflectionUtils.makeAccessible(accessor);
          add(
              name + "." + DataObjectPropertyName.toDashedForm(component.getName()),
              ReflectionUtils.invokeMethod(accessor, several),
              all);
        }
        return;
      }
    }
    if (value instanceof Map<?, ?> several) {
      several.forEach((key, one) -> add(name + "." + key, one, all));
      return;
    }
    all.put(name, setting(name, value));
  }

  private static boolean isOurs(Record value) {
    return value.getClass().getName().startsWith("io.crossfade.") && !(value instanceof Network);
  }

  private Setting setting(String name, @Nullable Object value) {
    ConfigurationProperty given = given(name);
    String text = SettingText.of(value);
    boolean some =
        value instanceof Collection<?> many ? !many.isEmpty() : text != null && !text.isEmpty();
    boolean hidden = some && SettingText.isSecret(name);
    return new Setting(
        name,
        hidden || !some ? null : text,
        hidden,
        given == null ? Origin.DEFAULT : origin(given),
        given == null ? null : place(given));
  }

  private @Nullable ConfigurationProperty given(String name) {
    List<ConfigurationPropertyName> names = new ArrayList<>();
    names.add(ConfigurationPropertyName.adapt(name, '.'));
    names.add(ConfigurationPropertyName.adapt(name + "[0]", '.'));
    for (ConfigurationPropertySource source :
        ConfigurationPropertySources.get(context.getEnvironment())) {
      for (ConfigurationPropertyName one : names) {
        ConfigurationProperty found = source.getConfigurationProperty(one);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private static Origin origin(ConfigurationProperty given) {
    return switch (source(given)) {
      case "commandLineArgs" -> Origin.COMMAND_LINE;
      case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME -> Origin.SYSTEM_PROPERTY;
      case StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME -> Origin.ENVIRONMENT;
      default -> whence(given) instanceof TextResourceOrigin ? Origin.FILE : Origin.ELSEWHERE;
    };
  }

  /** A variable, or a file with its line. */
  private static String place(ConfigurationProperty given) {
    var whence = whence(given);
    if (whence instanceof TextResourceOrigin text && text.getResource() != null) {
      String file = text.getResource().getFilename();
      TextResourceOrigin.Location at = text.getLocation();
      return (file == null ? text.getResource().getDescription() : file)
          + (at == null ? "" : ":" + (at.getLine() + 1));
    }
    return whence instanceof SystemEnvironmentOrigin variable
        ? variable.getProperty()
        : given.getName().toString();
  }

  /** As exactly as it is known. */
  private static org.springframework.boot.origin.@Nullable Origin whence(
      ConfigurationProperty given) {
    var whence = given.getOrigin();
    return whence instanceof PropertySourceOrigin wrapped && wrapped.getOrigin() != null
        ? wrapped.getOrigin()
        : whence;
  }

  private static String source(ConfigurationProperty given) {
    return given.getSource() != null
            && given.getSource().getUnderlyingSource() instanceof PropertySource<?> source
        ? source.getName()
        : "";
  }
}
