using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Reading documents: what is sent in which form, and what comes back. The bodies are those that Mistral's own client writes and reads (2.7.0, November 2026).</summary>
public sealed class OcrTests
{
    private const string Good = """{"pages":[{"index":0,"markdown":"# A\n\n![img-0.jpeg](img-0.jpeg)","images":[{"id":"img-0.jpeg","top_left_x":1,"top_left_y":2,"bottom_right_x":3,"bottom_right_y":4,"image_base64":"data:image/jpeg;base64,/9j/","image_annotation":"{\"kind\":\"chart\"}"},{"id":"img-1.jpeg","top_left_x":null,"top_left_y":null,"bottom_right_x":null,"bottom_right_y":null}],"tables":[{"id":"tbl-0.html","content":"<table/>","format":"html","word_confidence_scores":[{"text":"a","confidence":0.5,"start_index":2}]}],"hyperlinks":["https://example.org"],"header":"Head","footer":"Foot","dimensions":{"dpi":200,"height":2200,"width":1700},"confidence_scores":{"average_page_confidence_score":0.9,"minimum_page_confidence_score":0.4,"word_confidence_scores":[{"text":"A","confidence":0.9,"start_index":2}]},"blocks":[{"type":"table","top_left_x":1,"top_left_y":2,"bottom_right_x":3,"bottom_right_y":4,"content":"x","table_id":"tbl-0.html","confidence_scores":{"average_content_confidence_score":0.8,"block_type_confidence_score":1}},{"type":"image","top_left_x":5,"top_left_y":6,"bottom_right_x":7,"bottom_right_y":8,"content":"","image_id":"img-0.jpeg"}],"novelty":1},{"index":2,"markdown":"B","images":[],"dimensions":null}],"model":"mistral-ocr-2512","document_annotation":"{\"total\":7}","usage_info":{"pages_processed":2,"doc_size_bytes":5,"more":true},"region":"eu"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<OcrDocument, string> Documents => new()
    {
        { "https://example.org/a.pdf", """{"type":"document_url","document_url":"https://example.org/a.pdf"}""" },
        { OcrDocument.FromUrl("https://example.org/a.pdf") with { DocumentName = "a.pdf", Extra = """{"x":1}""" }, """{"type":"document_url","document_url":"https://example.org/a.pdf","document_name":"a.pdf","x":1}""" },
        { "https://example.org/a.PNG?size=2", """{"type":"image_url","image_url":"https://example.org/a.PNG?size=2"}""" },
        { OcrDocument.FromImageUrl("https://example.org/picture"), """{"type":"image_url","image_url":"https://example.org/picture"}""" },
        { "data:image/png;base64,iVBORw0KGgo=", """{"type":"image_url","image_url":"data:image/png;base64,iVBORw0KGgo="}""" },
        { "data:application/pdf;base64,JVBERg==", """{"type":"document_url","document_url":"data:application/pdf;base64,JVBERg=="}""" },
        { OcrDocument.FromFileId("f1"), """{"type":"file","file_id":"f1"}""" },
        { OcrDocument.FromFileId("mistral/f1"), """{"type":"file","file_id":"f1"}""" },
    };

    [Theory, MemberData(nameof(Documents))]
    public async Task A_document_is_sent_in_its_form(OcrDocument document, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = Calls.ClientFor(server.Url, "mistral");

        await client.Ocr.ProcessAsync(new() { Model = "mistral/mistral-ocr-latest", Document = document }, null, Token);

        Assert.Equal(("/ocr", $$"""{"document":{{sent}},"model":"mistral-ocr-latest"}"""), (server.Requests[0].Target, server.Requests[0].Text));
    }

    public static TheoryData<OcrDocument, string> Files => new()
    {
        { OcrDocument.FromBytes("%PDF-"u8.ToArray(), "a.pdf"), """{"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0=","document_name":"a.pdf"}""" },
        { OcrDocument.FromBytes("%PDF-"u8.ToArray(), "a.pdf") with { DocumentName = "Bill \"7\"", Extra = """{"x":1}""" }, """{"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0=","document_name":"Bill \"7\"","x":1}""" },
        { OcrDocument.FromBytes((byte[])[0x89, .. "PNG"u8, 13, 10, 26, 10], "a.png"), """{"type":"image_url","image_url":"data:image/png;base64,iVBORw0KGgo="}""" },
        { OcrDocument.FromFile(FileSource.FromStream(new MemoryStream("hello"u8.ToArray()), "a.unknown")), """{"type":"document_url","document_url":"data:application/octet-stream;base64,aGVsbG8=","document_name":"a.unknown"}""" },
    };

    [Theory, MemberData(nameof(Files))]
    public async Task A_file_goes_along_encoded_while_it_is_sent(OcrDocument document, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = Calls.ClientFor(server.Url, "mistral");
        var request = new OcrRequest { Model = "mistral/m", Document = document, Pages = [0], Extra = """{"id":"mine"}""" };

        await client.Ocr.ProcessAsync(request, null, Token);

        JsonComparison.Same("the body", JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes($$"""{"document":{{sent}},"model":"m","pages":[0],"id":"mine"}""")), JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(server.Requests[0].Text)));
        JsonComparison.Same("the canonical form", JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes($$"""{"document":{{sent}},"model":"mistral/m","pages":[0],"id":"mine"}""")), JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(request.ToJson())));
    }

    [Fact]
    public async Task Every_option_goes_out_under_Mistrals_name_and_reads_back()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = Calls.ClientFor(server.Url, "mistral");
        var request = new OcrRequest
        {
            Model = "mistral/mistral-ocr-latest", Document = OcrDocument.FromUrl("https://e.org/a.pdf") with { DocumentName = "a.pdf" }, Pages = [0, 2], IncludeImageBase64 = true, ImageLimit = 3, ImageMinSize = 10,
            BboxAnnotationFormat = ResponseFormat.JsonSchema("b", """{"type":"object"}"""), DocumentAnnotationFormat = ResponseFormat.JsonSchema("n", """{"type":"object"}"""), DocumentAnnotationPrompt = "p",
            TableFormat = OcrTableFormat.Html, ExtractHeader = true, ExtractFooter = false, IncludeBlocks = true, ConfidenceScoresGranularity = OcrConfidenceGranularity.Word,
        };
        const string Sent = """{"document":{"type":"document_url","document_url":"https://e.org/a.pdf","document_name":"a.pdf"},"model":"mistral-ocr-latest","pages":[0,2],"include_image_base64":true,"image_limit":3,"image_min_size":10,"bbox_annotation_format":{"type":"json_schema","json_schema":{"name":"b","schema":{"type":"object"},"strict":true}},"document_annotation_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},"document_annotation_prompt":"p","table_format":"html","extract_header":true,"extract_footer":false,"include_blocks":true,"confidence_scores_granularity":"word"}""";

        await client.Ocr.ProcessAsync(request, null, Token);

        Assert.Equal(Sent, server.Requests[0].Text);
        Assert.Equal(request.ToJson(), OcrRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson())).ToJson());
    }

    [Fact]
    public async Task A_reply_is_read_wholly_and_written_as_it_came()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var reply = await client.Ocr.ProcessAsync(new() { Model = "mistral/m", Document = "https://e.org/a.pdf" }, null, Token);

        Assert.Equal(("mistral", "mistral-ocr-2512", """{"total":7}""", 2, 5L), (reply.Provider, reply.Model, reply.DocumentAnnotation, reply.UsageInfo!.PagesProcessed, reply.UsageInfo.DocSizeBytes));
        Assert.Equal("# A\n\n![img-0.jpeg](img-0.jpeg)\n\nB", reply.Text);
        var page = reply.Pages[0];
        Assert.Equal(("Head", "Foot", 1700, 0.4), (page.Header, page.Footer, page.Dimensions!.Width, page.ConfidenceScores!.MinimumPageConfidenceScore));
        Assert.Equal((3, "image/jpeg", """{"kind":"chart"}"""), (page.Images[0].BottomRightX, page.Images[0].ImageBase64![5..15], page.Images[0].ImageAnnotation));
        Assert.Equal([0xFF, 0xD8, 0xFF], page.Images[0].GetBytes());
        Assert.Null(page.Images[1].GetBytes());
        Assert.Equal(("tbl-0.html", OcrTableFormat.Html, 0.5), (page.Blocks![0].TableId, page.Tables[0].Format, page.Tables[0].WordConfidenceScores![0].Confidence));
        Assert.Equal(("img-0.jpeg", 0.8), (page.Blocks[1].ImageId, page.Blocks[0].ConfidenceScores!.AverageContentConfidenceScore));
        Assert.Equal(2, reply.Pages[1].Index);
        Assert.Null(reply.Pages[1].Dimensions);
        JsonComparison.Same("the reply", JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(Good)), JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(reply.ToJson())));
        Assert.Equal(reply.ToJson(), OcrResponse.Parse(Encoding.UTF8.GetBytes(reply.ToJson())).ToJson());
    }

    [Theory]
    [InlineData("""{"detail":[{"type":"missing","loc":["body","document"],"msg":"Field required"}]}""", 422)]
    [InlineData("""{"object":"error","message":"Document could not be fetched from url","type":"invalid_file","param":null,"code":"3310"}""", 400)]
    [InlineData("""{"detail":"Invalid API Key"}""", 401)]
    [InlineData("""{"pages":[{"index":0""", 200)]
    [InlineData("""{"model":"m"}""", 200)]
    public async Task What_is_no_reading_is_an_error(string body, int status)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body, status));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Ocr.ProcessAsync(new() { Model = "mistral/m", Document = "https://e.org/a.pdf" }, null, Token));

        Assert.Equal(("mistral", status == 200 ? typeof(ServerException) : status == 401 ? typeof(AuthenticationException) : status == 422 ? typeof(UnprocessableEntityException) : typeof(BadRequestException)), (error.Provider, error.GetType()));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_before_anything_is_sent()
    {
        using var client = Calls.ClientFor(new("http://nobody.invalid"), "mistral");
        OcrRequest request = new() { Model = "mistral/m", Document = "https://e.org/a.pdf" };

        Assert.Equal("pages", (await Assert.ThrowsAsync<BadRequestException>(() => client.Ocr.ProcessAsync(request with { Pages = [-1] }, null, Token))).Param);
        Assert.Equal("document_annotation_prompt", (await Assert.ThrowsAsync<BadRequestException>(() => client.Ocr.ProcessAsync(request with { DocumentAnnotationPrompt = "p" }, null, Token))).Param);
        Assert.Equal("document.file_id", (await Assert.ThrowsAsync<BadRequestException>(() => client.Ocr.ProcessAsync(request with { Document = OcrDocument.FromFileId("openai/f") }, null, Token))).Param);
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Ocr.ProcessAsync(request with { Model = "groq/m" }, null, Token));
        foreach (var json in (string[])["{}", """{"model":"m"}""", """{"model":"m","document":{}}""", """{"model":"m","document":{"document_url":"a"},"pages":["x"]}"""])
            Assert.Throws<JsonException>(() => OcrRequest.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void The_sandbox_gives_a_text_back_page_by_page_the_same_each_time()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        OcrRequest request = new()
        {
            Model = "sandbox/ocr", Document = OcrDocument.FromBytes("# One\n\nfirst\fTwo\fThree"u8.ToArray(), "a.txt"), Pages = [0, 2, 9], IncludeBlocks = true,
            DocumentAnnotationFormat = ResponseFormat.JsonSchema("n", """{"type":"object","properties":{"total":{"type":"integer"}},"required":["total"],"additionalProperties":false}"""),
        };

        var reply = client.Ocr.Process(request, null, Token);

        Assert.Equal(["# One\n\nfirst", "Three"], reply.Pages.Select(page => page.Markdown));
        Assert.Equal(["title", "text"], reply.Pages[0].Blocks!.Select(block => block.Type));
        Assert.Equal(JsonValueKind.Number, JsonDocument.Parse(reply.DocumentAnnotation!).RootElement.GetProperty("total").ValueKind);
        Assert.Equal(reply.ToJson(), client.Ocr.Process(request, null, Token).ToJson());
        Assert.Contains("does not ask for", client.Ocr.Process(request with { Document = "https://example.org/a.pdf", Pages = null }, null, Token).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_reads_documents_too()
    {
        await using var server = await ReplayServer.StartAsync(1,
            CannedReply.Json("""{"id":"f1","object":"file","bytes":1,"created_at":1,"filename":"b.jsonl","purpose":"batch"}"""),
            CannedReply.Json("""{"id":"j1","object":"batch","input_files":["f1"],"endpoint":"/v1/ocr","model":"mistral-ocr-latest","errors":[],"status":"QUEUED","created_at":1,"total_requests":1,"completed_requests":0,"succeeded_requests":0,"failed_requests":0}"""),
            CannedReply.Json("""{"id":"j1","object":"batch","input_files":["f1"],"endpoint":"/v1/ocr","model":"mistral-ocr-latest","output_file":"f2","errors":[],"status":"SUCCESS","created_at":1,"total_requests":1,"completed_requests":1,"succeeded_requests":1,"failed_requests":0}"""),
            CannedReply.JsonLines($$$"""{"id":"r","custom_id":"a","response":{"status_code":200,"body":{{{Good}}}},"error":null}""" + "\n"));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var batch = await client.Batches.CreateAsync([new("a", new OcrRequest { Model = "mistral/mistral-ocr-latest", Document = "https://e.org/a.pdf" })], null, null, Token);
        var results = await client.Batches.ResultsAsync(batch.QualifiedId, null, Token).ToListAsync(Token);

        Assert.Contains("""{"custom_id":"a","body":{"document":{"type":"document_url","document_url":"https://e.org/a.pdf"},"model":"mistral-ocr-latest"}}""", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("""{"input_files":["f1"],"endpoint":"/v1/ocr","model":"mistral-ocr-latest"}""", server.Requests[1].Text);
        Assert.Equal("mistral-ocr-2512", Assert.Single(results).Ocr!.Model);
    }
}
