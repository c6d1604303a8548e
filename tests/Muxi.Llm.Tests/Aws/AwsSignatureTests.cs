using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.SecurityToken;

namespace Muxi.Llm.Tests;

/// <summary>Signature Version 4, against Amazon's published vectors and against the signer of Amazon's own library.</summary>
public sealed class AwsSignatureTests
{
    private static readonly AwsKey _key = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    private static string Nothing => AwsSignature.HashOf([]);

    [Theory]
    [InlineData("GET", "https://example.amazonaws.com/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "https://example.amazonaws.com/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    public void The_published_vectors_are_signed_as_they_say(string method, string url, string signature)
    {
        var request = new AwsRequest(method, new(url), [new("Host", "example.amazonaws.com"), new("X-Amz-Date", "20150830T123600Z")], Nothing);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
            AwsSignature.Authorization(request, _key, new("us-east-1", "service")));
    }

    [Fact]
    public void The_example_of_the_user_guide_is_signed_as_it_says()
    {
        var request = new AwsRequest("GET", new("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"),
            [new("content-type", "application/x-www-form-urlencoded; charset=utf-8"), new("host", "iam.amazonaws.com"), new("x-amz-date", "20150830T123600Z")], Nothing);

        Assert.EndsWith("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", AwsSignature.Authorization(request, _key, new("us-east-1", "iam")), StringComparison.Ordinal);
    }

    [Fact]
    public void Blanks_in_a_header_count_once()
    {
        AwsRequest With(string value) => new("GET", new("https://example.amazonaws.com/"), [new("host", "example.amazonaws.com"), new("my-header", value), new("x-amz-date", "20150830T123600Z")], Nothing);

        Assert.Equal(AwsSignature.Authorization(With("a b c"), _key, new("r", "s")), AwsSignature.Authorization(With("  a  b   c "), _key, new("r", "s")));
    }

    [Theory]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("us.amazon.nova-lite-v1:0")]
    [InlineData("a model with blanks, + and ü")]
    public void Amazons_own_signer_signs_alike(string model)
    {
        var body = Encoding.UTF8.GetBytes("""{"messages":[{"role":"user","content":[{"text":"Grüße 👋🏽"}]}]}""");
        var theirs = new DefaultRequest(new Nameless(), "AmazonBedrockRuntime")
        {
            HttpMethod = "POST", Endpoint = new("https://bedrock-runtime.us-east-1.amazonaws.com"), ResourcePath = "/model/{modelId}/converse", Content = body, OverrideSigningServiceName = "bedrock",
            DeterminedSigningRegion = "us-east-1",
        };
        theirs.AddPathResource("{modelId}", model);
        theirs.Headers["Content-Type"] = "application/json";
        theirs.Headers["x-amz-security-token"] = "the-token";
        var signed = new AWS4Signer().SignRequest(theirs, new AmazonSecurityTokenServiceConfig { RegionEndpoint = Amazon.RegionEndpoint.USEast1 }, null, _key.Id, _key.Secret);

        var names = signed.SignedHeaders.Split(';');
        var headers = theirs.Headers.Where(header => names.Contains(header.Key.ToLowerInvariant())).Select(header => new KeyValuePair<string, string>(header.Key, header.Value)).ToList();
        var ours = AwsSignature.Authorization(new("POST", new($"https://bedrock-runtime.us-east-1.amazonaws.com/model/{Uri.EscapeDataString(model)}/converse"), headers, AwsSignature.HashOf(body)), _key, new("us-east-1", "bedrock"));

        Assert.Equal($"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{signed.Scope}, SignedHeaders={signed.SignedHeaders}, Signature={signed.Signature}", ours);
    }

    private sealed class Nameless : AmazonWebServiceRequest;
}
