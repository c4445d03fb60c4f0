import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.NativeApi;
import org.openapitools.client.model.Clinician;
import org.openapitools.client.model.EmbedDocument;
import org.openapitools.client.model.Error;
import org.openapitools.client.model.Intent;
import org.openapitools.client.model.LaunchForPatient;

/** Launches with the generated client, and prints what came of it: java Launches ORIGIN HOST_KEY. */
public final class Launches {
  private static final ObjectMapper MAPPER = ApiClient.createDefaultObjectMapper();

  public static void main(String[] arguments) throws JsonProcessingException {
    String origin = arguments[0];
    String hostKey = arguments[1];
    String whole = "elodie.cote@clinic.ca";
    System.out.println(
        MAPPER.writeValueAsString(
            Map.of(
                "launched", launch(origin, hostKey, whole),
                "refused", launch(origin, hostKey, "elodie"),
                "unauthenticated", launch(origin, "egw_nobodys", whole))));
  }

  private static Map<String, Object> launch(String origin, String key, String email) throws JsonProcessingException {
    ApiClient client = new ApiClient();
    client.updateBaseUri(origin);
    client.setRequestInterceptor(request -> request.header("Api-Key", key));
    Clinician clinician = new Clinician().userId("emp123").firstName("Élodie").lastName("Côté").email(email);
    LaunchForPatient body = new LaunchForPatient();
    body.clinician(clinician).intent(Intent.UPSERT).patientKey("patient123");
    try {
      EmbedDocument answer = new NativeApi(client).launchConsultationView(body, null, null, null, null);
      return Map.of("url", answer.getUrl(), "identity", answer.getIdentity(), "warnings", answer.getWarnings());
    } catch (ApiException refused) {
      Error error = MAPPER.readValue(refused.getResponseBody(), Error.class);
      List<Map<String, Object>> errors =
          error.getErrors().stream()
              .map(fault -> Map.<String, Object>of("field", fault.getField(), "code", fault.getCode()))
              .toList();
      return Map.of("status", error.getStatus(), "code", error.getCode(), "errors", errors);
    }
  }
}
