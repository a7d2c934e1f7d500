package io.crossfade.router.operator;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.BindParam;

/**
 * What the API reads and writes, as JSON Schema 2020-12: of the very types, by the eyes of the
 * mapper that writes them.
 */
final class ApiSchemas {

  private static final String REF = "#/components/schemas/";
  private static final Set<Class<?>> WHOLE =
      Set.of(
          long.class,
          Long.class,
          int.class,
          Integer.class,
          short.class,
          Short.class,
          byte.class,
          Byte.class,
          BigInteger.class,
          OptionalLong.class);
  private static final Set<Class<?>> NUMBERS =
      Set.of(
          double.class,
          Double.class,
          float.class,
          Float.class,
          BigDecimal.class,
          OptionalDouble.class);

  private final ObjectMapper json;
  private final Map<String, ObjectNode> named = new TreeMap<>();

  ApiSchemas(ObjectMapper json) {
    this.json = json;
  }

  /** Those that others refer to, by their names. */
  ObjectNode components() {
    ObjectNode all = json.createObjectNode();
    named.forEach(all::set);
    return all;
  }

  /** Of what is answered. */
  JsonNode answer(JavaType type) {
    JsonNode plain = plain(type);
    if (plain != null) {
      return plain;
    }
    if (type.isCollectionLikeType() || type.isArrayType()) {
      return object("type", "array").set("items", answer(type.getContentType()));
    }
    if (type.isMapLikeType()) {
      return object("type", "object").set("additionalProperties", answer(type.getContentType()));
    }
    if (type.hasRawClass(Optional.class)) {
      return nullable(answer(type.containedTypeOrUnknown(0)));
    }
    BeanDescription bean = json.getSerializationConfig().introspect(type);
    AnnotatedMember value = bean.findJsonValueAccessor();
    if (value != null) {
      return type.isEnumType() ? choice(type.getRawClass()) : answer(value.getType());
    }
    if (bean.findProperties().isEmpty()) {
      return json.createObjectNode();
    }
    String name = name(type);
    if (!named.containsKey(name)) {
      ObjectNode schema = object("type", "object");
      named.put(name, schema);
      ObjectNode properties = schema.putObject("properties");
      ArrayNode required = schema.putArray("required");
      for (BeanPropertyDefinition property : bean.findProperties()) {
        AnnotatedMember read = property.getAccessor();
        if (read != null) {
          JsonNode of = answer(read.getType());
          properties.set(
              property.getName(),
              isNullable(type.getRawClass(), property, read) ? nullable(of) : of);
          required.add(property.getName());
        }
      }
      schema.put("additionalProperties", false);
    }
    return object("$ref", REF + name);
  }

  /** Of what is asked with: a field that may be left out is not required. */
  JsonNode request(JavaType type) {
    JsonNode plain = plain(type);
    if (plain != null) {
      return plain;
    }
    if (type.isCollectionLikeType()) {
      return object("type", "array").set("items", request(type.getContentType()));
    }
    Class<?> raw = type.getRawClass();
    if (!raw.isRecord()) {
      return answer(type);
    }
    String name = name(type);
    if (!named.containsKey(name)) {
      ObjectNode schema = object("type", "object");
      named.put(name, schema);
      ObjectNode properties = schema.putObject("properties");
      for (RecordComponent component : raw.getRecordComponents()) {
        if (!component.isAnnotationPresent(JsonAnySetter.class)
            && !component.getAccessor().isAnnotationPresent(JsonAnySetter.class)) {
          JsonNode of = request(json.constructType(component.getGenericType()));
          properties.set(
              parameter(raw, component),
              isMarked(component.getAnnotatedType()) ? nullable(of) : of);
        }
      }
      schema.put("additionalProperties", false);
    }
    return object("$ref", REF + name);
  }

  /** Under which name a component of a record is asked for. */
  static String parameter(Class<?> raw, RecordComponent component) {
    for (var parameter : raw.getDeclaredConstructors()[0].getParameters()) {
      BindParam bound = parameter.getAnnotation(BindParam.class);
      if (bound != null && parameter.getName().equals(component.getName())) {
        return bound.value();
      }
    }
    return component.getName();
  }

  private @Nullable JsonNode plain(JavaType type) {
    Class<?> raw = type.getRawClass();
    if (raw == boolean.class || raw == Boolean.class) {
      return object("type", "boolean");
    }
    if (WHOLE.contains(raw)) {
      return object("type", "integer");
    }
    if (NUMBERS.contains(raw)) {
      return object("type", "number");
    }
    if (CharSequence.class.isAssignableFrom(raw)) {
      return object("type", "string");
    }
    if (raw == Instant.class) {
      return object("type", "string").put("format", "date-time");
    }
    if (raw == LocalDate.class) {
      return object("type", "string").put("format", "date");
    }
    if (raw == Duration.class) {
      return object("type", "string").put("format", "duration");
    }
    if (raw == byte[].class) {
      return object("type", "string").put("contentEncoding", "base64");
    }
    if (raw == Object.class || JsonNode.class.isAssignableFrom(raw)) {
      return json.createObjectNode();
    }
    return type.isEnumType() ? choice(raw) : null;
  }

  private ObjectNode choice(Class<?> raw) {
    ObjectNode schema = object("type", "string");
    ArrayNode values = schema.putArray("enum");
    for (Object constant : raw.getEnumConstants()) {
      values.add(json.valueToTree(constant).asText());
    }
    return schema;
  }

  private static boolean isNullable(
      Class<?> owner, BeanPropertyDefinition property, AnnotatedMember read) {
    AnnotatedElement member = read.getAnnotated();
    if (member instanceof Method method && isMarked(method.getAnnotatedReturnType())) {
      return true;
    }
    if (member instanceof Field field && isMarked(field.getAnnotatedType())) {
      return true;
    }
    if (owner.isRecord()) {
      for (RecordComponent component : owner.getRecordComponents()) {
        if (component.getName().equals(property.getInternalName())) {
          return isMarked(component.getAnnotatedType());
        }
      }
    }
    return false;
  }

  private static boolean isMarked(AnnotatedType type) {
    return type.isAnnotationPresent(Nullable.class);
  }

  private JsonNode nullable(JsonNode schema) {
    if (schema.isEmpty()) {
      return schema;
    }
    ObjectNode either = json.createObjectNode();
    either.putArray("anyOf").add(schema).add(object("type", "null"));
    return either;
  }

  private ObjectNode object(String key, String value) {
    return json.createObjectNode().put(key, value);
  }

  /**
   * For example {@code DeadLetterView}: names of two levels, of which neither is a controller's.
   */
  private static String name(JavaType type) {
    Class<?> raw = type.getRawClass();
    Class<?> around = raw.getEnclosingClass();
    String before = around == null ? "" : around.getSimpleName().replace("Controller", "");
    return before + raw.getSimpleName();
  }
}
