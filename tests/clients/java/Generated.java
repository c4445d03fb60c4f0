package javax.annotation;

/** What the generated sources are marked with; Java has had none of it since version 11. */
public @interface Generated {
  String value();

  String comments() default "";
}
